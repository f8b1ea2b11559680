tidegate_fuzz(net_http tidegate_net)
