tidegate_fuzz(patterns tidegate_wire)
