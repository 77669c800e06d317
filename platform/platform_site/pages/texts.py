"""The words of the server's own pages, in both languages side by side so that neither is forgotten."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Texts:
    """Every text of the pages the server draws, in one language."""

    code: str
    name: str
    tagline: str
    back_home: str
    docs: str
    version: str
    not_found: str
    not_found_text: str
    forbidden: str
    forbidden_text: str
    failed: str
    failed_text: str
    unbuilt: str
    unbuilt_text: str
    needs_script: str


ENGLISH = Texts(
    code="en",
    name="Lianchi",
    tagline="The open platform for patent alliances",
    back_home="Back to the first page",
    docs="API reference",
    version="Version",
    not_found="There is no such page",
    not_found_text="The address may be mistyped, or what it names is not yours to see.",
    forbidden="This was refused",
    forbidden_text="The page may have been open for too long. Go back, load it again and repeat what you did.",
    failed="Something broke on our side",
    failed_text="It is in the log. Nothing that was not confirmed has been saved.",
    unbuilt="The web application has not been built yet",
    unbuilt_text="The server runs and its API answers. Whoever runs this site builds the application once, in the "
    "project's folder, and starts the site again:",
    needs_script="Lianchi needs JavaScript, all of it from this site. Please allow it and load the page again.",
)

CHINESE = Texts(
    code="zh-hans",
    name="联池",
    tagline="开放的专利联盟平台",
    back_home="返回首页",
    docs="接口文档",
    version="版本",
    not_found="没有这个页面",
    not_found_text="地址可能有误，或者您无权查看其内容。",
    forbidden="请求被拒绝",
    forbidden_text="页面可能打开得太久了。请返回并重新加载，然后再试一次。",
    failed="服务器出错了",
    failed_text="错误已记入日志；未经确认的内容没有保存。",
    unbuilt="网页应用尚未构建",
    unbuilt_text="服务器已在运行，接口可用。请本站的运行人员在项目文件夹中执行一次下面的命令，然后重新启动：",
    needs_script="联池需要 JavaScript，脚本全部来自本站。请允许后重新加载本页。",
)

IN_LANGUAGE = {texts.code: texts for texts in (ENGLISH, CHINESE)}


def texts_for(language: str | None) -> Texts:
    """Return the words in the language a reader asked for, English where we do not speak it."""
    return IN_LANGUAGE.get(language or "", ENGLISH)


def keys() -> list[str]:
    """Return the names of all texts."""
    return [field.name for field in fields(Texts)]
