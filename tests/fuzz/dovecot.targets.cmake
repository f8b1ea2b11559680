tidegate_fuzz(dovecot tidegate_wire)
