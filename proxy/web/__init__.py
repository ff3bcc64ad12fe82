"""Port 3334: what people and scripts see of Sifu itself. Handlers parse, call, answer."""
