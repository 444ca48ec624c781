"""Readers of the data sets that the models are trained and measured on."""
