"""Pages about people, departments, invitations and the working calendar."""
