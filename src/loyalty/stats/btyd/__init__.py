"""Models of customers who buy until they leave ("buy till you die"): arrays in, numbers out.

A history is (x, t_x, T): repeat orders, age at the last one, age now, ages counted from the first order.
``histories`` holds them, ``bg_nbd``, ``mbg_nbd`` and ``pareto_nbd`` say how likely they are and what comes next,
``fitting`` finds the parameters, ``uncertainty`` how well they are known, ``tracking`` and ``holdout`` how wrong
the predictions were. ``gamma_gamma`` is about what is spent, ``bg_bb`` about customers with discrete chances to
buy, ``sbg`` about contracts.

Everything here needs scipy, which takes a third of a second to import: metrics import these modules where they use
them.
"""
