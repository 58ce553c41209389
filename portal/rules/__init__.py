"""Pure rules of the ground floor: values in, value out."""
