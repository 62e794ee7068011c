"""The helpline's figures: counted, masked, and written as tables, CSV and PDF."""
