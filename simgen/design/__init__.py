"""What a data set is to hold, planned in advance: designs that cover combinations of factors, and outcomes to order."""
