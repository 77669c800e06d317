"""What the members of the demonstration alliance invented: titles in Chinese and English, by field of work."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """A field of work: the products its inventions read on, in the terminal pool and in the production pool."""

    terminal: tuple[str, ...]
    production: tuple[str, ...]
    titles: tuple[tuple[str, str], ...]


FIELDS: Final[dict[str, Field]] = {
    "coding": Field(
        terminal=("tv4k", "tv8k", "stb", "projector"),
        production=("encoder", "player"),
        titles=(
            (
                "一种基于四叉树与三叉树混合划分的帧内预测方法",
                "Intra prediction with mixed quadtree and ternary-tree partitioning",
            ),
            (
                "视频编码中运动矢量候选列表的构建方法及装置",
                "Method and apparatus for building a motion vector candidate list in video coding",
            ),
            ("自适应环路滤波系数的时域继承方法", "Temporal inheritance of adaptive loop filter coefficients"),
            ("一种面向8K视频的并行熵解码方法", "Parallel entropy decoding for 8K video"),
            ("变换系数的上下文建模方法及解码器", "Context modelling of transform coefficients and decoder using it"),
            ("用于双向预测的亚像素补偿方法和系统", "Sub-pixel compensation method and system for bi-prediction"),
            ("基于历史信息的仿射运动参数预测方法", "History-based prediction of affine motion parameters"),
            ("一种色度分量跨分量线性预测方法及装置", "Cross-component linear prediction of chroma samples"),
            ("去块效应滤波边界强度的确定方法", "Determining boundary strength for deblocking filtering"),
            (
                "视频码流中随机接入点的标识与解析方法",
                "Signalling and parsing of random access points in a video bitstream",
            ),
            ("一种屏幕内容视频的帧内块复制方法", "Intra block copy for screen content video"),
            ("多参考行帧内预测模式的编码方法", "Coding of intra prediction modes with multiple reference lines"),
            ("低延时视频编码的码率分配方法及编码器", "Rate allocation for low-delay video coding and encoder"),
            ("高比特深度视频的量化参数推导方法", "Deriving quantisation parameters for high bit-depth video"),
            ("一种支持区域独立解码的码流组织方法", "Bitstream organisation with independently decodable regions"),
        ),
    ),
    "silicon": Field(
        terminal=("tv4k", "tv8k", "stb", "projector"),
        production=("player",),
        titles=(
            (
                "一种超高清视频解码芯片的参考帧压缩存储方法",
                "Compressed reference frame storage for an ultra-HD decoding chip",
            ),
            ("多核视频解码器的任务调度方法及芯片", "Task scheduling for a multi-core video decoder and chip"),
            (
                "显示处理流水线的带宽自适应控制电路",
                "Bandwidth-adaptive control circuit for a display processing pipeline",
            ),
            ("一种片上总线的优先级仲裁方法和片上系统", "Priority arbitration on an on-chip bus and system on chip"),
            ("支持多标准的反变换硬件复用结构", "Shared hardware structure for multi-standard inverse transform"),
            ("视频缓存的行组预取方法及存储控制器", "Row-group prefetching for video buffers and memory controller"),
            ("一种音视频同步时钟恢复电路", "Clock recovery circuit for audio and video synchronisation"),
            (
                "高速串行接口的自适应均衡方法及接收电路",
                "Adaptive equalisation for a high-speed serial interface and receiver",
            ),
            ("解码芯片的动态电压频率调节方法", "Dynamic voltage and frequency scaling of a decoding chip"),
            ("一种用于画质引擎的查找表插值电路", "Look-up table interpolation circuit for a picture quality engine"),
            ("安全视频通路的内存隔离方法及芯片", "Memory isolation for a secure video path and chip"),
            ("多路视频叠加的混合单元及显示控制器", "Blending unit for multi-layer video and display controller"),
            ("一种低功耗待机唤醒电路及机顶盒芯片", "Low-power standby wake-up circuit and set-top box chip"),
            ("熵解码引擎的投机执行方法", "Speculative execution in an entropy decoding engine"),
            ("神经网络画质增强单元的权重压缩方法", "Weight compression for a neural picture enhancement unit"),
        ),
    ),
    "panel": Field(
        terminal=("tv4k", "tv8k"),
        production=(),
        titles=(
            ("一种Mini LED背光分区驱动方法及显示装置", "Zoned driving of a mini-LED backlight and display device"),
            ("显示面板的像素充电补偿方法", "Compensating pixel charging in a display panel"),
            ("阵列基板及其制备方法、显示面板", "Array substrate, its manufacturing method, and display panel"),
            ("一种量子点光转换膜及背光模组", "Quantum dot light conversion film and backlight module"),
            ("高刷新率面板的栅极驱动电路", "Gate driving circuit for a high refresh rate panel"),
            ("曲面显示面板的应力释放结构", "Stress relief structure of a curved display panel"),
            (
                "一种广视角液晶像素结构及显示装置",
                "Wide viewing angle liquid crystal pixel structure and display device",
            ),
            ("源极驱动芯片的温度均衡方法", "Temperature balancing of source driver chips"),
            ("局部调光与光晕抑制方法及显示设备", "Local dimming with halo suppression and display apparatus"),
            (
                "显示面板的亮度不均修正数据压缩方法",
                "Compressing luminance non-uniformity correction data of a display panel",
            ),
            ("一种窄边框拼接显示单元", "Narrow-bezel tiled display unit"),
            ("氧化物薄膜晶体管及其制备方法", "Oxide thin film transistor and method for making it"),
            (
                "可变刷新率下的闪烁补偿方法及时序控制器",
                "Flicker compensation under variable refresh rate and timing controller",
            ),
            ("一种背光模组的散热支架", "Heat-dissipating bracket of a backlight module"),
            ("显示模组的光学膜片定位结构", "Positioning structure for optical films of a display module"),
        ),
    ),
    "dynamic range": Field(
        terminal=("tv4k", "tv8k", "projector"),
        production=("camera", "player"),
        titles=(
            ("一种高动态范围视频的动态元数据生成方法", "Generating dynamic metadata for high dynamic range video"),
            ("基于场景亮度统计的色调映射方法及终端", "Tone mapping from scene luminance statistics and terminal"),
            ("宽色域信号到目标显示色域的映射方法", "Mapping wide-gamut signals to the gamut of a target display"),
            (
                "高动态范围与标准动态范围信号的兼容传输方法",
                "Backward-compatible transport of high and standard dynamic range signals",
            ),
            ("一种饱和度调节方法、装置及显示设备", "Saturation adjustment method, apparatus and display device"),
            ("暗场细节增强的曲线参数确定方法", "Determining curve parameters for shadow detail enhancement"),
            ("动态元数据的时域平滑方法", "Temporal smoothing of dynamic metadata"),
            ("一种环境光自适应的显示映射方法", "Display mapping adapted to ambient light"),
            (
                "标准动态范围视频的逆色调映射方法及系统",
                "Inverse tone mapping of standard dynamic range video and system",
            ),
            ("视频信号电光转换曲线的分段拟合方法", "Piecewise fitting of an electro-optical transfer curve"),
            ("激光投影设备的色域校准方法", "Gamut calibration of a laser projector"),
            ("一种图形层与视频层亮度一致的合成方法", "Compositing graphics and video layers at consistent luminance"),
            ("元数据丢失时的显示参数恢复方法", "Recovering display parameters when metadata is lost"),
            ("基于人眼适应模型的亮度过渡控制方法", "Controlling luminance transitions with an eye adaptation model"),
            ("一种多显示终端的色彩一致性校正方法", "Correcting colour consistency across display terminals"),
        ),
    ),
    "television": Field(
        terminal=("tv4k", "tv8k"),
        production=(),
        titles=(
            ("一种运动补偿插帧的遮挡区域处理方法", "Handling occluded areas in motion-compensated frame interpolation"),
            ("电视机超分辨率画质增强方法及装置", "Super-resolution picture enhancement for a television set"),
            ("智能电视的快速启动方法", "Fast start-up of a smart television"),
            ("一种远场语音拾取与回声消除方法", "Far-field voice pickup with echo cancellation"),
            (
                "多屏互动中的画面同步方法和电视终端",
                "Picture synchronisation in multi-screen interaction and television terminal",
            ),
            ("电视机内存碎片整理方法及存储介质", "Memory defragmentation of a television and storage medium"),
            ("一种屏幕发声装置及电视机", "Screen sound device and television set"),
            ("基于内容识别的画质模式切换方法", "Switching picture modes by recognising content"),
            ("游戏模式下的低延迟显示处理方法", "Low-latency display processing in game mode"),
            ("一种可变帧率视频的播放控制方法", "Playback control for variable frame rate video"),
            ("电视遥控器的定向配对方法", "Directional pairing of a television remote control"),
            ("显示设备的残影检测与修复方法", "Detecting and repairing image retention in a display device"),
            ("一种分体式电视的无线传输方法", "Wireless transmission for a split television"),
            ("电视机壁挂支架的倾角调节机构", "Tilt mechanism of a television wall mount"),
            ("8K信号的多通道拼接显示方法", "Multi-channel stitched display of an 8K signal"),
        ),
    ),
    "network": Field(
        terminal=("stb", "tv4k", "tv8k"),
        production=("encoder", "player"),
        titles=(
            ("一种超高清流媒体的自适应码率切换方法", "Adaptive bitrate switching for ultra-HD streaming"),
            ("视频分片的边缘缓存替换方法及系统", "Edge cache replacement for video segments and system"),
            ("多路径传输中的前向纠错方法", "Forward error correction in multipath transport"),
            ("一种组播转单播的低时延直播方法", "Low-latency live streaming from multicast to unicast"),
            ("机顶盒快速频道切换方法及机顶盒", "Fast channel change and set-top box"),
            ("基于无线局域网的超高清投屏方法", "Ultra-HD screen casting over a wireless LAN"),
            ("一种媒体描述文件的增量更新方法", "Incremental update of a media description file"),
            ("用户终端缓冲时长预测方法", "Predicting the buffering time of a user terminal"),
            ("内容保护密钥的轮换分发方法及服务器", "Rotating and distributing content protection keys and server"),
            ("一种视频质量的端侧感知上报方法", "Reporting perceived video quality from the terminal"),
            ("光纤入户网络中视频业务的切片保障方法", "Slicing guarantees for video services in fibre access networks"),
            ("多终端同步播放的时钟校准方法", "Clock calibration for synchronous playback on several terminals"),
            ("一种视角相关的全景视频分块传输方法", "Viewport-dependent tiled transport of panoramic video"),
            ("直播流中插播内容的无缝拼接方法", "Seamless splicing of inserted content into a live stream"),
            ("传输流解复用的错误恢复方法", "Error recovery in transport stream demultiplexing"),
        ),
    ),
    "studio": Field(
        terminal=(),
        production=("camera", "switcher", "encoder"),
        titles=(
            ("一种4K制播系统的IP信号无缝切换方法", "Seamless switching of IP signals in a 4K production system"),
            ("摄像机图像传感器的坏点实时校正方法", "Real-time defect correction for a camera image sensor"),
            ("多机位慢动作回放的索引方法及系统", "Indexing slow-motion replay from several cameras and system"),
            ("一种基于精确时间协议的演播室同步方法", "Studio synchronisation with a precision time protocol"),
            ("切换台的画面键控合成方法", "Keyed compositing in a production switcher"),
            ("浅压缩视频的编码方法及编码设备", "Light-compression video coding method and device"),
            ("一种摄像机色彩匹配方法及校色终端", "Camera colour matching method and grading terminal"),
            ("转播车信号调度系统及调度方法", "Signal routing system and method for outside broadcast vans"),
            ("高帧率摄像机的数据分流存储方法", "Split storage of data from a high frame rate camera"),
            ("一种虚拟演播室的摄像机跟踪方法", "Camera tracking for a virtual studio"),
            (
                "基于软件定义网络的制播网络带宽预留方法",
                "Bandwidth reservation in production networks by software-defined networking",
            ),
            ("字幕图形的分布式渲染方法", "Distributed rendering of captions and graphics"),
            ("一种镜头畸变元数据的嵌入与使用方法", "Embedding and using lens distortion metadata"),
            ("摄像机云台的防抖控制结构", "Stabilised control structure of a camera head"),
            ("超高清素材的代理剪辑与套底方法", "Proxy editing and conforming of ultra-HD footage"),
        ),
    ),
    "perception": Field(
        terminal=("tv4k", "tv8k", "stb", "projector"),
        production=("encoder", "camera", "switcher", "player"),
        titles=(
            ("一种无参考视频质量评价方法及系统", "No-reference video quality assessment method and system"),
            ("基于深度网络的环路滤波方法", "Loop filtering with a deep network"),
            ("端到端图像压缩的码率可变方法", "Variable-rate end-to-end image compression"),
            ("三维声的对象音频渲染方法及设备", "Object audio rendering for three-dimensional sound and device"),
            ("一种恰可察觉失真阈值的估计方法", "Estimating thresholds of just noticeable distortion"),
            ("双耳渲染中头部相关函数的个性化方法", "Personalising head-related functions in binaural rendering"),
            ("面向机器视觉的视频特征编码方法", "Coding video features for machine vision"),
            ("一种视频内容的显著性检测方法", "Detecting salience in video content"),
            ("基于生成模型的老旧影像修复方法", "Restoring archive footage with a generative model"),
            ("音频场景的声床与对象联合编码方法", "Joint coding of beds and objects of an audio scene"),
            ("一种视频帧率的视觉无损判定方法", "Deciding visually lossless frame rates"),
            ("沉浸式视频的深度图编码方法", "Coding depth maps for immersive video"),
            ("色彩失真的主观测试数据处理方法", "Processing subjective test data on colour distortion"),
            ("一种数字水印的嵌入与提取方法", "Embedding and extracting a digital watermark"),
            ("视频编码的感知量化方法及装置", "Perceptual quantisation method and apparatus for video coding"),
        ),
    ),
}
