"""What customers brought and are expected to bring: formulas, models, and how wrong these were."""
