"""Jobs on flat products: bulk changes, and the export of all of them."""
