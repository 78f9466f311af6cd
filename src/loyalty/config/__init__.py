"""The configuration file: which exports, which period, which metrics, where the report goes."""

from loyalty.config.load import config_schema, load_config
from loyalty.config.settings import Settings

__all__ = ["Settings", "config_schema", "load_config"]
