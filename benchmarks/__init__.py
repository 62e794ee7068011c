"""What Relais costs, measured. Each script says what it compares and prints its figures."""
