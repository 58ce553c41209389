"""Pure rules of the helpdesk: values in, value out; no clock, no database."""
