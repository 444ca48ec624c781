"""How numbers and dates are written, where Django's own formats are not what readers are used to."""
