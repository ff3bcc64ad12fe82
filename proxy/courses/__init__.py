"""Courses: repositories, what people get of them, their environments, what is shown of them."""
