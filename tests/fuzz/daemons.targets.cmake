tidegate_fuzz(daemons tidegate_wire)
