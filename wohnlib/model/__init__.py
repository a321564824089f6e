"""The method as pure functions on arrays with the axes draw, area, year, sex, age."""
