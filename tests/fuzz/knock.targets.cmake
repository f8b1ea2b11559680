tidegate_fuzz(knock tidegate_judge)
