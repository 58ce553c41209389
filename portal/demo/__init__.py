"""The demo world's ground: supplier, contract, staff, clients and their people. Only for a database that is stamped demo."""
