print("a model of flowers, trained in one line")
