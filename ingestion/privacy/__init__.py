"""What is removed from records before they are written, and erased afterwards."""
