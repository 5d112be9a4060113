project = "A documentation"
html_theme = "furo"
html_extra_path = ["public"]
