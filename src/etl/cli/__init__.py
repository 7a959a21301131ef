"""The command line: settings are read here and passed down."""
