from django.urls import path

from initiatives.journey.views import charter, contests, coverage, entities, handoffs, ownership, signals, systems, touchpoints
from initiatives.journey.views import map as ownership_map

app_name = "journey"

urlpatterns = [
    # the ownership map, coverage, handoffs
    path("map/", ownership_map.ownership_map, name="map"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("handoffs/", handoffs.handoffs, name="handoffs"),
    path("handoffs/propose/", handoffs.propose_handoff, name="propose_handoff"),
    path("handoffs/<slug:ref>/", handoffs.handoff, name="handoff"),
    path("handoffs/<slug:ref>/accept/", handoffs.accept_handoff, name="accept_handoff"),
    path("handoffs/<slug:ref>/decline/", handoffs.decline_handoff, name="decline_handoff"),
    path("handoffs/<slug:ref>/change/", handoffs.change_handoff, name="change_handoff"),
    path("handoffs/<slug:ref>/end/", handoffs.end_handoff, name="end_handoff"),
    # -- touchpoints
    path("touchpoints/", touchpoints.touchpoints, name="touchpoints"),
    path("touchpoints/export.csv", touchpoints.export_touchpoints, name="export_touchpoints"),
    path("touchpoints/<slug:ref>/", touchpoints.touchpoint, name="touchpoint"),
    # -- ownership
    path("attest/", ownership.attest, name="attest"),
    path("register.csv", ownership.export_register, name="export_register"),
    path("ask/<str:ref>/", ownership.propose, name="propose"),
    path("ownership/<int:number>/", ownership.ownership, name="ownership"),
    path("ownership/<int:number>/accept/", ownership.accept_ownership, name="accept_ownership"),
    path("ownership/<int:number>/decline/", ownership.decline_ownership, name="decline_ownership"),
    path("ownership/<int:number>/withdraw/", ownership.withdraw_ownership, name="withdraw_ownership"),
    path("ownership/<int:number>/hand-over/", ownership.hand_over, name="hand_over"),
    path("ownership/<int:number>/name/", ownership.name_person, name="name_person"),
    path("ownership/<int:number>/give-back/", ownership.give_back, name="give_back"),
    # -- charter
    path("charter/", charter.charter, name="charter"),
    path("charter/next/", charter.prepare, name="charter_prepare"),
    path("charter/next/open/", charter.open_vote, name="charter_open"),
    path("charter/close/", charter.close, name="charter_close"),
    path("charter/waive/", charter.waive, name="charter_waive"),
    path("charter/waiver/end/", charter.end_waiver, name="charter_waiver_end"),
    path("charter/<int:number>/", charter.version, name="charter_version"),
    path("charter/<int:number>/vote/<int:department>/", charter.vote, name="charter_vote"),
    # signals
    path("signals/", signals.signals, name="signals"),
    path("signals/export.csv", signals.export_signals, name="export_signals"),
    path("signals/new/", signals.raise_signal, name="raise_signal"),
    path("signals/<slug:ref>/", signals.signal, name="signal"),
    path("signals/<slug:ref>/support/", signals.support, name="support"),
    path("signals/<slug:ref>/answer/", signals.answer_signal, name="answer_signal"),
    path("signals/<slug:ref>/dismiss/", signals.dismiss_signal, name="dismiss_signal"),
    path("signals/<slug:ref>/merge/", signals.merge_signal, name="merge_signal"),
    path("signals/<slug:ref>/reopen/", signals.reopen_signal, name="reopen_signal"),
    # -- contests
    path("contests/", contests.contests, name="contests"),
    path("contests/<str:ref>/", contests.contest, name="contest"),
    path("contests/<str:ref>/claim/", contests.claim, name="contest_claim"),
    path("contests/<str:ref>/evidence/", contests.evidence, name="contest_evidence"),
    path("contests/<str:ref>/withdraw/", contests.withdraw, name="contest_withdraw"),
    path("contests/<str:ref>/appeal/", contests.appeal, name="contest_appeal"),
    path("contests/<str:ref>/rule/", contests.rule, name="contest_rule"),
    path("owned/<str:ref>/contest/", contests.contest_open, name="contest_open"),
    # -- systems
    path("systems/", systems.systems, name="systems"),
    path("systems/export.csv", systems.export_systems, name="export_systems"),
    path("systems/new/", systems.register_system, name="register_system"),
    path("systems/map/", systems.system_map, name="system_map"),
    path("systems/<slug:ref>/", systems.system, name="system"),
    path("systems/<slug:ref>/edit/", systems.edit_system, name="edit_system"),
    path("systems/<slug:ref>/retire/", systems.retire_system, name="retire_system"),
    path("systems/<slug:ref>/flows/new/", systems.add_flow, name="add_flow"),
    path("systems/<slug:ref>/flows/<int:number>/", systems.change_flow, name="change_flow"),
    path("systems/<slug:ref>/flows/<int:number>/end/", systems.end_flow, name="end_flow"),
    path("entities/", entities.entities, name="entities"),
    path("entities/new/", entities.define_entity, name="define_entity"),
    path("entities/standard/", entities.define_standard, name="define_standard"),
    path("entities/<slug:ref>/", entities.entity, name="entity"),
    path("entities/<slug:ref>/edit/", entities.edit_entity, name="edit_entity"),
    path("entities/<slug:ref>/rule/<int:number>/", entities.rule, name="rule"),
    path("entities/<slug:ref>/in/<slug:system>/", entities.assign, name="assign"),
    path("single-view/", entities.single_view, name="single_view"),
    path("single-view/agree/", entities.agree_view, name="agree_view"),
]
