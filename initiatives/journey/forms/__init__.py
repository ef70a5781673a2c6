"""What people type about the journey: shapes only, one module for each part of it."""
