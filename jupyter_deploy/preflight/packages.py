"""What a module's package is called."""

from __future__ import annotations

#: Module → package, where they have different names.
_PACKAGES = {
    "sklearn": "scikit-learn", "cv2": "opencv-python", "PIL": "pillow", "yaml": "PyYAML",
    "bs4": "beautifulsoup4", "dotenv": "python-dotenv", "skimage": "scikit-image",
    "Bio": "biopython",
    "dateutil": "python-dateutil", "jose": "python-jose", "docx": "python-docx", "fitz": "PyMuPDF",
    "pptx": "python-pptx", "serial": "pyserial", "usb": "pyusb", "git": "GitPython", "jwt": "PyJWT",
    "MySQLdb": "mysqlclient", "psycopg2": "psycopg2-binary", "Crypto": "pycryptodome",
    "zmq": "pyzmq",
    "OpenSSL": "pyOpenSSL", "magic": "python-magic", "attr": "attrs", "faiss": "faiss-cpu",
    "googleapiclient": "google-api-python-client", "pkg_resources": "setuptools",
    "win32com": "pywin32", "pytables": "tables",
}  # fmt: skip


def package_of(module: str) -> str:
    """The package that an index has it in; most have the same name."""
    top = module.partition(".")[0]
    return _PACKAGES.get(top, top)
