"""What people type about money: shapes only, one module for each part of it."""
