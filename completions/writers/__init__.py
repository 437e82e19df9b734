"""What each shell completes by: a file a shell."""
