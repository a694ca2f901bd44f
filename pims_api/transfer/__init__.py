"""Files in and out: tables in CSV, XLSX and JSON lines. Nothing here knows what a product is."""
