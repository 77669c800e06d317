"""The words of the server's own pages, in both languages side by side so that neither is forgotten."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Texts:
    """Every text of the home and sign-in pages in one language."""

    code: str
    other_code: str
    other_name: str
    name: str
    tagline: str
    lead: str
    signed_in_as: str
    sign_in: str
    sign_out: str
    email: str
    password: str
    sign_in_wrong: str
    sign_in_lead: str
    back_home: str
    state: str
    state_database: str
    state_migrations: str
    state_jobs: str
    state_live: str
    good: str
    bad: str
    off: str
    missing_migrations: str
    do: str
    docs: str
    docs_text: str
    schema: str
    schema_text: str
    health: str
    health_text: str
    sign_in_text: str
    close: str
    close_text: str
    close_command: str
    rooms: str
    rooms_members: str
    rooms_members_text: str
    rooms_pools: str
    rooms_pools_text: str
    rooms_licensing: str
    rooms_licensing_text: str
    api_here: str
    version: str
    not_found: str
    not_found_text: str
    forbidden: str
    forbidden_text: str
    failed: str
    failed_text: str


ENGLISH = Texts(
    code="en",
    other_code="zh-hans",
    other_name="中文",
    name="Lianchi",
    tagline="The open platform for patent alliances",
    lead="Rivals who pool their patents need figures they can all trust. Lianchi keeps the pool, its terms and its "
    "licensees' reports, and works out to the cent who owes what, who is due what, and why.",
    signed_in_as="Signed in as",
    sign_in="Sign in",
    sign_out="Sign out",
    email="E-mail address",
    password="Password",  # noqa: S106
    sign_in_wrong="This e-mail address and password do not belong together. Check both and try again.",
    sign_in_lead="Use the address your alliance registered for you.",
    back_home="Back to the first page",
    state="This installation",
    state_database="Database",
    state_migrations="Tables",
    state_jobs="Background jobs",
    state_live="Live updates",
    good="ready",
    bad="not ready",
    off="in another process",
    missing_migrations="out of date",
    do="What you can do here",
    docs="API reference",
    docs_text="Every address with its fields and answers, to read and to try.",
    schema="OpenAPI file",
    schema_text="The same as one file, for tools that make clients.",
    health="Readiness",
    health_text="What this installation says of itself, for monitors.",
    sign_in_text="See what your seat may see: licences, reports, closes, statements.",
    close="Close a period on your own machine",
    close_text="The engine needs no server. It reads a folder of tables and terms, writes royalties, invoices and "
    "shares, and explains every amount down to the patents that made it.",
    close_command="lianchi close BUNDLE --out RESULTS\nlianchi explain RESULTS BUNDLE --payee M1\n"
    "lianchi verify RESULTS BUNDLE",
    rooms="What it keeps",
    rooms_members="Members",
    rooms_members_text="who takes part, since when, in which segment",
    rooms_pools="Pools",
    rooms_pools_text="patents, families, owners, and their days in the pool",
    rooms_licensing="Licensing",
    rooms_licensing_text="terms in dated versions, licences, sales reports, closes, statements",
    api_here="Collections of the API",
    version="Version",
    not_found="There is no such page",
    not_found_text="The address may be mistyped, or what it names is not yours to see.",
    forbidden="This was refused",
    forbidden_text="The page may have been open for too long. Go back, load it again and repeat what you did.",
    failed="Something broke on our side",
    failed_text="It is in the log. Nothing that was not confirmed has been saved.",
)

CHINESE = Texts(
    code="zh-hans",
    other_code="en",
    other_name="English",
    name="联池",
    tagline="开放的专利联盟平台",
    lead="竞争对手共建专利池，靠的是大家都信得过的数字。联池管理专利池、许可条款和被许可方的销售报告，"
    "逐分算清谁该付多少、谁该得多少，以及为什么。",
    signed_in_as="当前用户",
    sign_in="登录",
    sign_out="退出",
    email="电子邮箱",
    password="密码",  # noqa: S106
    sign_in_wrong="邮箱与密码不匹配，请核对后重试。",
    sign_in_lead="请使用联盟为您登记的邮箱。",
    back_home="返回首页",
    state="本站状态",
    state_database="数据库",
    state_migrations="数据表",
    state_jobs="后台任务",
    state_live="实时更新",
    good="就绪",
    bad="未就绪",
    off="由其他进程处理",
    missing_migrations="需要升级",
    do="在这里可以做什么",
    docs="接口文档",
    docs_text="全部接口的字段与返回，可阅读，也可直接试用。",
    schema="OpenAPI 文件",
    schema_text="同样的内容，一个文件，供工具生成客户端。",
    health="就绪检查",
    health_text="本站对自身状态的说明，供监控读取。",
    sign_in_text="查看您的席位可见的内容：许可、报告、结算、分配单。",
    close="在自己的电脑上做一次结算",
    close_text="结算引擎不需要服务器：读取一个文件夹中的表格与条款，写出许可费、账单和分配，"
    "并能把每一笔金额解释到具体专利。",
    close_command=ENGLISH.close_command,
    rooms="平台管理的内容",
    rooms_members="成员",
    rooms_members_text="谁参加联盟，何时加入，属于哪个环节",
    rooms_pools="专利池",
    rooms_pools_text="专利、同族、权利人，以及入池和出池日期",
    rooms_licensing="许可",
    rooms_licensing_text="按日期生效的条款、许可合同、销售报告、结算、分配单",
    api_here="接口中的集合",
    version="版本",
    not_found="没有这个页面",
    not_found_text="地址可能有误，或者您无权查看其内容。",
    forbidden="请求被拒绝",
    forbidden_text="页面可能打开得太久了。请返回并重新加载，然后再试一次。",
    failed="服务器出错了",
    failed_text="错误已记入日志；未经确认的内容没有保存。",
)

IN_LANGUAGE = {texts.code: texts for texts in (ENGLISH, CHINESE)}


def texts_for(language: str | None) -> Texts:
    """Return the words in the language a reader asked for, English where we do not speak it."""
    return IN_LANGUAGE.get(language or "", ENGLISH)


def keys() -> list[str]:
    """Return the names of all texts."""
    return [field.name for field in fields(Texts)]
