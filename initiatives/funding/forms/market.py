"""What is asked of who publishes what a pool offers or needs."""

from django import forms

from initiatives.core.fields import DayField, ProseField
from initiatives.core.money import AmountField
from initiatives.funding.models.listings import LONGEST, Want


class ListingForm(forms.Form):
    want = forms.ChoiceField(label="The pool", choices=Want, widget=forms.RadioSelect)
    amount = AmountField(label="Amount", help_text="All who lead departments read it, and see nothing else of the pool.")
    until = DayField(label="Until", help_text=f"The last day on which it holds, at most {LONGEST.days} days ahead.")
    reason = ProseField(label="Why", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_want(self) -> Want:
        return Want(self.cleaned_data["want"])
