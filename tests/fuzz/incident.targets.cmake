tidegate_fuzz(incident tidegate_tell)
