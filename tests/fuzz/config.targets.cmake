tidegate_fuzz(config tidegate_config)
