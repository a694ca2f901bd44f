"""Real catalogues, loaded as an ERP would and compared with their source files."""
