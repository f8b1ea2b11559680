tidegate_fuzz(weekly tidegate_app)
