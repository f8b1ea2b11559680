tidegate_fuzz(dns_list tidegate_wire)
