"""Template tags and filters that every page uses: money, dates, health, who."""

from django import template

register = template.Library()
