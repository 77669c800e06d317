"""People of the demonstration who act in browser tests, and how they come in without the sign-in page."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, ViewportSize

from platform_site.demo.people import SIGN_IN_WORD

SECRETARY = "yanqiu.shen@jianghan.example"
SECOND_SECRETARY = "yining.wen@jianghan.example"
SITE_ADMIN = "lianzhou.qi@jianghan.example"
ACCOUNTANT = "qinghe.gu@yinglian.example"
HEAD_OF_FINANCE = "wensheng.lu@yinglian.example"
MEMBER = "haicheng.meng@yaoxi.example"
RIVAL = "ruolan.qiu@yingyue.example"
MEMBER_ABROAD = "zhiwei.yao@xiyuan.example"
MEMBER_FINANCE = "qiuchi.zheng@yaoxi.example"
RIVAL_FINANCE = "tinglan.ruan@yingyue.example"
LICENSEE = "yanbei.tan@penglei.example"
BILLED = "haichao.chu@shuochao.example"
APPLICANT = "jingchu.rong@tingying.example"
PROSPECT = "ji.hong@jizhou.example"
EVALUATOR = "huaiyuan.ji@chengming.example"
AUDITOR = "zheng.yue@zhengyao.example"
TREASURER = "jingzhai.lu@jianghan.example"
CLOSE_AUDITOR = "shenyan.lin@zhengyao.example"

# What is set up here stays: a second seat, a second factor, a lock. Nobody else's test acts as these.
TWO_SEATS = "hengzhi.jiang@zhaoheng.example"
WITH_TOTP = "haruka.minase@minatogawa.example"
WITH_PASSKEY = "moyan.su@yuchuan.example"
LOCKED_OUT = "huaijin.ji@jianghan.example"

LOCALES = {"zh": "zh-CN", "en": "en-GB"}
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1360, "height": 850}

# How many answers a page waits for, for tests that wait until it has them all.
COUNT_ANSWERS = """(() => {
    const ask = window.fetch;
    window.underWay = 0;
    window.fetch = async (...asked) => {
        window.underWay += 1;
        try {
            return await ask(...asked);
        } finally {
            window.underWay -= 1;
        }
    };
})()"""

LOGIN = "/_allauth/browser/v1/auth/login"
SESSION = "/_allauth/browser/v1/auth/session"


class Door:
    """Opens browser windows of people who are signed in already; each person signs in once."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self._kept: dict[str, Any] = {}

    def open(self, email: str | None = None, *, language: str = "zh", **options: Any) -> BrowserContext:
        """Return a new window in a language, of a person or of nobody; of one who wants nothing to move, unless said.

        What unfolds or fades moves away under a click on a busy machine. People who asked for stillness get it from
        the application, and so do tests, but for those that try the moving.
        """
        context = self.browser.new_context(
            base_url=self.address,
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            **{"viewport": DESKTOP, "reduced_motion": "reduce", **options},
        )
        context.set_default_timeout(15_000)
        context.add_init_script(COUNT_ANSWERS)
        if email is not None:
            if email not in self._kept:
                self._sign_in(context, email)
                self._kept[email] = context.storage_state()["cookies"]
            context.add_cookies(self._kept[email])
        return context

    def headers(self, context: BrowserContext) -> dict[str, str]:
        """Return what a change of the API needs besides the cookies."""
        token = next((str(one["value"]) for one in context.cookies() if one["name"] == "csrftoken"), "")
        return {"X-CSRFToken": token, "Referer": f"{self.address}/"}

    def _sign_in(self, context: BrowserContext, email: str) -> None:
        context.request.get(SESSION)
        answer = context.request.post(
            LOGIN, data={"email": email, "password": SIGN_IN_WORD}, headers=self.headers(context)
        )
        if answer.status != 200:
            raise AssertionError(f"{email} could not sign in: {answer.status} {answer.text()[:300]}")
