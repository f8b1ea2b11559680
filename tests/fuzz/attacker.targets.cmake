tidegate_fuzz(attacker tidegate_wire)
