tidegate_fuzz(detect tidegate_app)
