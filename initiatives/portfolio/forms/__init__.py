"""What people type about initiatives: shapes only. Which choices there are depends on who asks."""
