"""The models as a library: NumPy, Pillow and ONNX Runtime to serve, torch to train. No Django, nothing else of ours."""
