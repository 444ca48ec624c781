"""How good a model is: average precision for detectors, recall for embeddings."""
