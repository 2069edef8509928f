"""The tests that `make test` leaves to a record: comparisons at length, of what a shorter one beside them also compares.

They are marked `long`. `python tests/calibration/long_tests.py` runs them and records that they passed, and of which
sources; when a source changes, the record goes stale and a test asks for another run. A test with parameters keeps those
in `CORE` in every run.
"""

from __future__ import annotations

from fnmatch import fnmatch
from hashlib import sha256

from support.paths import ROOT

CORE = {"ordinal", "binary OR", "binary", "estimate", "events", "means", "p unknown", "random effects", "single: estimate", "single: means", "c212", "hazard_ratio-lower", "mesems"}  # fmt: skip
LONG = (
    "test_action::test_a_changed_trial_is_fitted_before_and_after",
    "test_adjustment::test_words_rows_and_disclosures",
    "test_adverse_event_hierarchy::test_events_with_exposure_and_without_point_mass_against_quadrature",
    "test_adverse_event_hierarchy::test_little_table_against_quadrature",
    "test_adverse_event_hierarchy::test_the_simulated_example_of_c212",
    "test_alternative_likelihoods::test_every_family_of_event_counts_is_there",
    "test_alternatives::test_families_of_events_in_persons*",
    "test_alternatives::test_likelihoods_compared",
    "test_alternatives::test_partial_proportional_odds*",
    "test_alternatives::test_selective_reporting*",
    "test_answers::test_influence_on_a_synthesis_of_trials_without_events",
    "test_answer::test_ordinal_curve_against_importance_sampling",
    "test_auditing::test_an_audit_of_meta_analyses_compares_all_three_parameters",
    "test_averages::test_many_reports_without_a_few_are_summed_as_one_by_one(left_out[01]*",
    "test_brute_force*::*",
    "test_censored_counts::test_a_synthesis_of_a_trial_that_censors_and_trials_that_count",
    "test_cluster::test_ordinary_posteriors_with_a_likelihood_from_a_file",
    "test_compiled::test_its_draws_are_those_of_nutpies_own_compilation",
    "test_cross_check::test_every_kind_has_tails_that_another_integral_confirms*",
    "test_days_free::test_the_curve_of_days_is_that_of_brute_force(counted below*",
    "test_days_free::test_the_curve_of_days_is_that_of_brute_force(floor -1*",
    "test_days_free::test_the_whole_table_of_days_is_not_wider",
    "test_days_free::test_what_the_model_predicts_of_days_holds_what_was_printed(counted below*",
    "test_event_families::test_log_normal_rates_of_a_single_event_are_sampled_without_divergences",
    "test_evidence::test_what_follows_from_an_ordinal_posterior",
    "test_exchangeable::test_joint_probabilities_hold_as_often_as_they_say",
    "test_exchangeable::test_three_outcomes_by_nuts",
    "test_explained::test_every_shipped_synthesis_answers_in_words*",
    "test_explained::test_heterogeneity_under_several_priors",
    "test_figures::test_every_axis_takes_no_effect_and_direction_from_the_outcome*",
    "test_file::test_heterogeneity_can_be_asked_for",
    "test_file::test_tau_with_a_log_t_prior_is_sampled_as_it_is_integrated",
    "test_findings::test_the_control_risk_of_a_synthesis_is_the_median_of_its_trials",
    "test_machine_code::test_of_a_model*",
    "test_map_prior::test_a_prior_of_tau_with_a_log_student_t_forms_a_prior_of_the_arm",
    "test_medians::test_intervals_of_medians_cover_the_difference_that_was_planted*",
    "test_medians::test_more_that_is_printed_never_widens_on_average",
    "test_missing_patients::test_an_extreme_is_the_ordinary_analysis_of_all_patients",
    "test_missing_patients::test_arms_that_do_not_overlap_have_extremes_only",
    "test_missing_patients::test_rows_begin_with_the_main_analysis_and_have_one_assumption_each*",
    "test_missing_patients::test_the_best_case_is_best_whichever_direction_is_good*",
    "test_nuts_v_quadrature::*",
    "test_operating_characteristics::test_a_sample_of_counts_equals_their_enumeration(r*",
    "test_operating_characteristics::test_enumerated_tables_equal_the_quadrature_of_each_and_a_simulation(odds_ratio-student_t*",
    "test_operating_characteristics::test_enumerated_tables_equal_the_quadrature_of_each_and_a_simulation(risk_*",
    "test_operating_characteristics::test_simulated_dichotomies_equal_enumerated_tables",
    "test_ordinal::test_a_table_of_thousands_settles_the_departure_between_the_nodes*",
    "test_ordinal::test_maximum_and_curvature_are_those_of_proportional_odds*",
    "test_ordinal_scales::test_strata_have_a_common_odds_ratio_and_baselines_of_their_own",
    "test_own_structure::test_a_results_folder_needs_the_file_and_has_a_page",
    "test_own_structure::test_it_is_fitted_integrated_examined_and_shown",
    "test_packing::test_one_packed_graph_serves_every_prior*",
    "test_paired::test_a_synthesis_of_discordant_pairs_and_parallel_counts",
    "test_plots_on_a_page::test_every_figure_fits_a_page_and_a_telephone*",
    "test_pooled_counts::test_posteriors_are_those_of_the_ordinary_quadrature(*half_*",
    "test_pooled_normal::test_against_one_sum_over_tau(*half_cauchy*",
    "test_pooled_normal::test_against_one_sum_over_tau(*log_student_t*",
    "test_practitioners::*",
    "test_predicted::test_of_tables(*normal*",
    "test_prior_sensitivity::test_cells_are_the_integral_of_their_prior*",
    "test_properties::*",
    "test_random_effects::test_crins_under_three_priors_of_tau*",
    "test_random_effects::test_meta_regression_against_its_conjugate_answer",
    "test_random_effects::test_precise_trials_at_both_ends_of_the_funnel*",
    "test_random_effects::test_regenerate_writes_what_a_synthesis_rests_on",
    "test_random_effects::test_robust_effects_let_an_outlier_go",
    "test_rates_over_exposure::test_nine_trials*",
    "test_references::test_a_prior_from_historical_arms_by_nuts",
    "test_references::test_jeffreys_priors_of_both_arms*",
    "test_risks_with_missing::test_a_posterior_by_weighted_draws*",
    "test_risks_with_missing::test_few_and_no_events_have_a_curve*",
    "test_risks_with_missing::test_random_odds_ratios_of_missing_patients_as_in_a_large_trial*",
    "test_same_patients::test_a_synthesis_of_one_trial_lies_between_its_results*",
    "test_same_patients::test_each_result_has_an_effect_of_its_own",
    "test_shifted_by_missing::test_an_ordinal_posterior_by_simulation",
    "test_shrunken_effects::test_how_far_the_normal_summary_moves_a_probability_in_shipped_trials",
    "test_subgroups::test_draws_of_the_effects_differ_by_as_much",
    "test_subgroups::test_three_subgroups_are_three_pairs_and_counts_are_read_as_counts",
    "test_subgroups::test_without_shrinkage_it_is_the_usual_test_of_interaction",
    "test_synthesis::test_reference_meta_analyses*",
    "test_tabled::test_a_sum_is_the_integral_of_one_prior*",
    "test_tau_rules::test_the_sampler_agrees",
    "test_textbook::test_the_textbook_has_the_density_of_the_graph*",
    "test_textbook_models::*",
    "test_units::test_a_synthesis_weighs_alike*",
    "test_units::test_every_question_of_sensitivity_is_answered_alike*",
    "test_weights_of_pieces::*",
    "test_whole_trees::test_arviz_takes_whole_trees*",
    "test_written_ranges::test_whatever_stands_in_a_field_is_accepted_or_refused_never_a_traceback*",
)
SOURCES = ("bayes/calibration", "bayes/corpus", "bayes/quadrature", "bayes/sampler", "bayes/posterior", "bayes/fitting", "models")


def is_long(module: str, name: str) -> bool:
    """Whether a test is left to the record; `name` as pytest writes it, with its parameters in brackets."""
    parameters = name.partition("[")[2].removesuffix("]")
    return parameters not in CORE and any(fnmatch(f"{module}::{name.replace('[', '(')}", one) for one in LONG)


def sources() -> str:
    """A hash of what the long tests rest on: the package's sources of numbers, and this list."""
    files = sorted(file for folder in SOURCES for file in (ROOT / folder).rglob("*.py"))
    return sha256(b"".join(file.read_bytes() for file in [*files, ROOT / "tests" / "support" / "long_tests.py"])).hexdigest()[:16]
