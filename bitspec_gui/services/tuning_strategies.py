"""Strategies of fine-tuning in words for chemists: what learns, and when it is the right one."""

from __future__ import annotations

from bitspec_gui.domain.tuning import Strategy, StrategyInfo

STRATEGIES: tuple[StrategyInfo, ...] = (
    StrategyInfo(
        Strategy.LORA,
        "Small correction (LoRA)",
        "The networks stay as they are; a small correction of every layer is learned beside them. It is half a "
        "megabyte, and forgets the least of what is known of other compounds.",
        "The usual choice, from about 10 compounds on.",
    ),
    StrategyInfo(
        Strategy.RESPONSE,
        "Instrument response only",
        "No network learns. Two numbers say how your instrument weighs light against heavy ions and weak against strong peaks; "
        "predictions are corrected by them.",
        "Fewer than 10 compounds, or compounds that the model knows well on an instrument that differs.",
    ),
    StrategyInfo(
        Strategy.ADAPTERS,
        "Small added layers (adapters)",
        "Small layers are put between those of the networks, which stay as they are. They are a third of a megabyte.",
        "From about 100 compounds on; as good as the small correction there.",
    ),
    StrategyInfo(
        Strategy.HEAD,
        "Last layer only",
        "What the networks know of structures stays; only the last step, from structure to peaks, is learned anew.",
        "A quick look. It learns less from your spectra than the others.",
    ),
    StrategyInfo(
        Strategy.PARTIAL,
        "Upper layers",
        "The layers that see single atoms and bonds stay; those above, which see the whole molecule, learn.",
        "From about 100 compounds on, where compounds are built as usual but break differently.",
    ),
    StrategyInfo(
        Strategy.FULL,
        "Whole networks, gently below",
        "Everything learns, the lower layers at a tenth of the rate of the upper ones.",
        "Hundreds of compounds of a kind that the model does not know. The new model is a file of its own.",
    ),
    StrategyInfo(
        Strategy.LAYERWISE,
        "Whole networks, layer by layer",
        "Everything learns, each layer more slowly than the one above it.",
        "Hundreds of compounds; mostly the same as the one before.",
    ),
)
"""All of them, in the order to show them."""


def info(strategy: Strategy) -> StrategyInfo:
    """Words on one of them."""
    return next(each for each in STRATEGIES if each.strategy is strategy)
