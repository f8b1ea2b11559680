tidegate_fuzz(postfix tidegate_wire)
