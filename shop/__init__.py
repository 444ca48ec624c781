"""The Django project: settings, addresses, the pages of the shop and, later, the selling."""
