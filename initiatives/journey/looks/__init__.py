"""How the journey's lists are looked at: closed grammars of URL parameters. Whatever is not in them is refused with 400."""
