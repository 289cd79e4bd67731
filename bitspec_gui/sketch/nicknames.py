"""Groups that chemists write by short names, and formulae of groups worth offering."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NICKNAMES: Mapping[str, str] = MappingProxyType(
    {
        "Me": "C", "Et": "CC", "Pr": "CCC", "nPr": "CCC", "iPr": "C(C)C", "Bu": "CCCC", "nBu": "CCCC", "iBu": "CC(C)C",
        "sBu": "C(C)CC", "tBu": "C(C)(C)C", "nPent": "CCCCC", "tAm": "C(C)(C)CC", "nHex": "CCCCCC", "nOct": "CCCCCCCC",
        "cPr": "C1CC1", "cBu": "C1CCC1", "cPent": "C1CCCC1", "cHex": "C1CCCCC1", "Cy": "C1CCCCC1", "cyclohexyl": "C1CCCCC1",
        "Cp": "C1C=CC=C1", "vinyl": "C=C", "allyl": "CC=C", "propargyl": "CC#C",
        "Ph": "C1=CC=CC=C1", "Bn": "CC1=CC=CC=C1", "Bz": "C(=O)C1=CC=CC=C1", "Tol": "C1=CC=C(C)C=C1",
        "Mes": "C1=C(C)C=C(C)C=C1C", "PMP": "C1=CC=C(OC)C=C1", "PMB": "CC1=CC=C(OC)C=C1", "PNB": "CC1=CC=C([N+](=O)[O-])C=C1",
        "PFB": "CC1=C(F)C(F)=C(F)C(F)=C1F", "Tr": "C(C1=CC=CC=C1)(C1=CC=CC=C1)C1=CC=CC=C1",
        "Py": "C1=NC=CC=C1", "Im": "N1C=CN=C1", "NPhth": "N1C(=O)C2=CC=CC=C2C1=O", "NSucc": "N1C(=O)CCC1=O",
        "Ac": "C(=O)C", "Piv": "C(=O)C(C)(C)C", "TFA": "C(=O)C(F)(F)F", "PFP": "C(=O)C(F)(F)C(F)(F)F",
        "HFB": "C(=O)C(F)(F)C(F)(F)C(F)(F)F", "Boc": "C(=O)OC(C)(C)C", "Cbz": "C(=O)OCC1=CC=CC=C1", "Alloc": "C(=O)OCC=C",
        "Troc": "C(=O)OCC(Cl)(Cl)Cl", "Fmoc": "C(=O)OCC1C2=CC=CC=C2C2=CC=CC=C12",
        "Ms": "S(=O)(=O)C", "Ts": "S(=O)(=O)C1=CC=C(C)C=C1", "Ns": "S(=O)(=O)C1=CC=C([N+](=O)[O-])C=C1",
        "Tf": "S(=O)(=O)C(F)(F)F",
        "TMS": "[Si](C)(C)C", "TES": "[Si](CC)(CC)CC", "TIPS": "[Si](C(C)C)(C(C)C)C(C)C", "TBS": "[Si](C)(C)C(C)(C)C",
        "TBDMS": "[Si](C)(C)C(C)(C)C", "TBDPS": "[Si](C1=CC=CC=C1)(C1=CC=CC=C1)C(C)(C)C", "DMPS": "[Si](C)(C)C1=CC=CC=C1",
        "MOM": "COC", "MEM": "COCCOC", "MTM": "CSC", "BOM": "COCC1=CC=CC=C1", "SEM": "COCC[Si](C)(C)C", "EE": "C(C)OCC",
        "THP": "C1CCCCO1", "THF": "C1CCCO1", "Bpin": "B1OC(C)(C)C(C)(C)O1", "Bcat": "B1OC2=CC=CC=C2O1",
        "D": "[2H]", "T": "[3H]",
    }
)  # fmt: skip
"""Groups by their short names, in the notation of `notation.read`; the first atom is the one that is attached."""

SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "CN": "C#N", "NC": "C#N", "N3": "N=[N+]=[N-]", "N2": "[N+]#N", "N2+": "[N+]#N", "NCO": "N=C=O", "OCN": "OC#N",
        "NCS": "N=C=S", "SCN": "SC#N", "OHC": "C=O", "CH3CO": "C(=O)C", "CH3COO": "OC(=O)C", "CH3CO2": "OC(=O)C",
        "HO3S": "S(=O)(=O)O", "H2O3P": "P(=O)(O)O", "H2NCO": "C(=O)N", "H2NSO2": "S(=O)(=O)N",
        "TMS2N": "N([Si](C)(C)C)[Si](C)(C)C", "NTMS": "N[Si](C)(C)C", "SO2": "S(=O)=O", "CF3CO2": "OC(=O)C(F)(F)F",
        "NTMS2": "N([Si](C)(C)C)[Si](C)(C)C", "SF5": "S(F)(F)(F)(F)F", "PhCO": "C(=O)C1=CC=CC=C1",
        "2-Py": "C1=NC=CC=C1", "3-Py": "C1=CN=CC=C1", "4-Py": "C1=CC=NC=C1", "C6H11": "C1CCCCC1", "C6H5": "C1=CC=CC=C1",
        "C6F5": "C1=C(F)C(F)=C(F)C(F)=C1F", "C6H4Me": "C1=CC=C(C)C=C1", "C6H4Cl": "C1=CC=C(Cl)C=C1", "C6H4F": "C1=CC=C(F)C=C1",
        "C6H4OMe": "C1=CC=C(OC)C=C1", "C6H4NO2": "C1=CC=C([N+](=O)[O-])C=C1", "MeON": "NOC", "MOX": "NOC", "NOMe": "NOC",
    }
)  # fmt: skip
"""Formulae that mean something else than what they say read from left to right."""

FORMULAE: tuple[str, ...] = (
    "OH", "OMe", "OEt", "OiPr", "OtBu", "OPh", "OBn", "OAc", "OBz", "OTs", "OMs", "OTf", "OTMS", "OTES", "OTIPS", "OTBS",
    "OTBDMS", "OMOM", "OTHP", "OCF3", "OTFA", "OSiMe3", "NH2", "NHMe", "NMe2", "NEt2", "NHPh", "NHAc", "NHBoc", "NHCbz", "NHTMS",
    "NTMS", "NHTFA", "NO", "NO2", "NMe3+", "SH", "SMe", "SPh", "SO2", "SO2Me", "SO2Ph", "SO2NH2", "SO2Cl", "SO3H", "SOMe", "CHO",
    "COOH", "CO2H", "CO2Me", "CO2Et", "CO2tBu", "CO2Bn", "CO2TMS", "COMe", "COPh", "COCl", "CONH2", "CONMe2", "CF3", "CCl3",
    "CH2OH", "CH2OTMS", "CH2Cl", "CH2Br", "CH2NH2", "CH2CO2H", "CH=CH2", "C(CH3)3", "CH2CH3", "CH2CH2OH", "PO3H2", "PO(OMe)2",
    "OPO3H2", "PPh2", "B(OH)2", "SiMe3", "Si(CH3)3", "SnBu3", "MeO", "EtO", "HO", "H2N", "Me2N", "O2N", "F3C", "AcO",
    "AcHN", "TMSO", "HO2C", "HOOC", "MeO2C", "EtO2C",
)  # fmt: skip
"""Formulae of common groups, as `condensed.read` reads them."""
