"""Pictures of a run: pure functions that return SVG, coloured by the classes and variables of app/drawing/style.css."""
